//! Wishes and changes of objectives, every field checked.

use chat_core::{
    Difficulty, DueDate, Fault, MAX_MILESTONES, MilestoneId, MilestonePatch, ObjectivePatch,
    ObjectiveStatus, Reason, Wish,
};

use crate::{
    fields::Fields,
    limits,
    reading::{is_blank, new_id},
};

/// `{prompt, difficulty?, category?}`
pub(crate) fn wish(data: &mut Fields) -> Result<Wish, Fault> {
    let prompt = data.required("prompt", Fields::text)?;
    if is_blank(&prompt) {
        return Err(data.fault(Reason::Empty, "prompt", "must not be empty"));
    }
    if prompt.chars().count() > limits::OBJECTIVE_TEXT_CHARACTERS {
        let problem = "must have at most 8000 characters";
        return Err(data.fault(Reason::TooLong, "prompt", problem));
    }
    Ok(Wish {
        prompt,
        difficulty: difficulty(data, "difficulty")?,
        category: category(data, "category")?.filter(|category| !category.is_empty()),
    })
}

/// The fields of `updates`.
pub(crate) fn patch(updates: &mut Fields) -> Result<ObjectivePatch, Fault> {
    Ok(ObjectivePatch {
        title: title(updates, "title")?,
        description: description(updates, "description")?,
        category: category(updates, "category")?,
        difficulty: difficulty(updates, "difficulty")?,
        status: status(updates, "status")?,
        progress: progress(updates, "progress")?,
        milestones: milestones(updates)?,
    })
}

fn milestones(updates: &mut Fields) -> Result<Option<Vec<MilestonePatch>>, Fault> {
    let Some(items) = updates.list("milestones", "data.updates.milestones[]")? else {
        return Ok(None);
    };
    if items.len() > MAX_MILESTONES {
        let problem = "must be at most 50";
        return Err(updates.fault(Reason::TooLong, "milestones", problem));
    }
    let items = items.into_iter().map(|mut item| {
        Ok(MilestonePatch {
            id: new_id(&mut item, "id", MilestoneId::parse)?,
            title: title(&mut item, "title")?,
            description: item.nullable("description", description)?,
            completed: item.flag("completed")?,
            due: item.nullable("dueDate", due)?,
        })
    });
    items.collect::<Result<_, _>>().map(Some)
}

fn title(fields: &mut Fields, name: &str) -> Result<Option<String>, Fault> {
    let Some(title) = fields.text(name)? else {
        return Ok(None);
    };
    if is_blank(&title) {
        return Err(fields.fault(Reason::Empty, name, "must not be empty"));
    }
    let title = title.trim();
    if title.chars().count() > limits::TITLE_CHARACTERS {
        return Err(fields.fault(Reason::TooLong, name, "must have at most 200 characters"));
    }
    Ok(Some(title.to_owned()))
}

fn description(fields: &mut Fields, name: &str) -> Result<Option<String>, Fault> {
    match fields.text(name)? {
        Some(long) if long.chars().count() > limits::OBJECTIVE_TEXT_CHARACTERS => {
            Err(fields.fault(Reason::TooLong, name, "must have at most 8000 characters"))
        }
        fit => Ok(fit),
    }
}

fn category(fields: &mut Fields, name: &str) -> Result<Option<String>, Fault> {
    let Some(category) = fields.text(name)? else {
        return Ok(None);
    };
    let category = category.trim();
    if category.chars().count() > limits::CATEGORY_CHARACTERS {
        return Err(fields.fault(Reason::TooLong, name, "must have at most 100 characters"));
    }
    Ok(Some(category.to_owned()))
}

fn difficulty(fields: &mut Fields, name: &str) -> Result<Option<Difficulty>, Fault> {
    match fields.text(name)?.as_deref() {
        None => Ok(None),
        Some("beginner") => Ok(Some(Difficulty::Beginner)),
        Some("intermediate") => Ok(Some(Difficulty::Intermediate)),
        Some("advanced") => Ok(Some(Difficulty::Advanced)),
        Some(_) => Err(fields.wrong(name, "must be beginner, intermediate or advanced")),
    }
}

fn status(fields: &mut Fields, name: &str) -> Result<Option<ObjectiveStatus>, Fault> {
    match fields.text(name)?.as_deref() {
        None => Ok(None),
        Some("active") => Ok(Some(ObjectiveStatus::Active)),
        Some("completed") => Ok(Some(ObjectiveStatus::Completed)),
        Some("archived") => Ok(Some(ObjectiveStatus::Archived)),
        Some(_) => Err(fields.wrong(name, "must be active, completed or archived")),
    }
}

fn progress(fields: &mut Fields, name: &str) -> Result<Option<u8>, Fault> {
    let Some(number) = fields.number(name)? else {
        return Ok(None);
    };
    // A third of the way is 33 to us; clients may know it better.
    let rounded = number.round();
    if !(0.0..=100.0).contains(&number) {
        return Err(fields.wrong(name, "must be from 0 to 100"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be from 0 to 100"
    )]
    let whole = rounded as u8;
    Ok(Some(whole))
}

fn due(fields: &mut Fields, name: &str) -> Result<Option<DueDate>, Fault> {
    let Some(text) = fields.text(name)? else {
        return Ok(None);
    };
    let date = DueDate::parse(text.trim());
    date.map(Some)
        .ok_or_else(|| fields.wrong(name, "must be a date, for instance 2026-12-31"))
}
