//! What a client asks about money and limits: what a message would cost, what the person spent; and
//! the limits of messages that are watched before the store is asked.

use std::time::Instant;

use chat_core::{Asker, Command, Event, Holder, User, UserRole};

use super::{
    Connection, Stream,
    perform::{Stumble, too_many},
};

impl<S: Stream> Connection<S> {
    /// Who asks for an answer, on which device.
    pub(super) fn asker(&self, user: &User) -> Asker {
        Asker {
            user: user.id.clone(),
            device: self.device.clone(),
        }
    }

    /// One more message or other wish for an answer; gives who asks for it.
    pub(super) fn count_message(&self, user: &User) -> Result<Asker, Stumble> {
        let by = self.asker(user);
        let rules = self.app.service.spend_rules();
        let counted = self.app.limits.message_of(&by, &rules, Instant::now());
        counted.map_err(too_many)?;
        Ok(by)
    }

    /// Answers what is asked about spending.
    pub(super) async fn spending_command(
        &mut self,
        user: &User,
        command: Command,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let (service, by) = (self.app.service.clone(), self.asker(user));
        if let Command::Estimate(draft) = command {
            let estimated = service.estimate(&by, draft).await?;
            self.tell(&Event::Estimate(&estimated), reference).await?;
            return Ok(());
        }
        let mut usage = service.own_usage(&by).await?;
        if user.role < UserRole::Admin {
            // What all together spend is for those who manage the server.
            usage.allowances.retain(|one| one.of != Holder::Server);
        }
        self.tell(&Event::Usage(&usage), reference).await?;
        Ok(())
    }
}
