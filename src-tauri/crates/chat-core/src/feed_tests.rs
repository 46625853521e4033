//! What a feed keeps, and for whom.

use super::*;
use crate::{ids::ChatId, model::MessageStatus};

fn alice() -> UserId {
    UserId::parse("alice").expect("an id")
}

/// Tells alice's readers of `number`.
fn tell(hub: &FeedHub, number: usize) {
    let id = ChatId::parse(&number.to_string()).expect("an id");
    let mut message = crate::session::tests::message("m", 0, MessageStatus::Complete);
    message.chat = id;
    hub.publish_to(&[alice()], FeedEvent::AnswerWaits(message));
}

/// The number of the next entry; `Err` for a reader that fell off the ring.
fn next(reader: &mut FeedReader) -> Option<Result<usize, ()>> {
    Some(match reader.take()? {
        FeedItem::Lagged => Err(()),
        FeedItem::Entry(entry) => match &entry.event {
            FeedEvent::AnswerWaits(message) => Ok(message.chat.to_string().parse().expect("it")),
            _ => panic!("nothing else was told"),
        },
    })
}

fn kept(reader: &FeedReader) -> usize {
    reader.feed.ring().entries.len()
}

#[test]
fn an_entry_is_kept_until_all_have_taken_it() {
    let hub = FeedHub::default();
    let (mut quick, mut slow) = (hub.subscribe(&alice()), hub.subscribe(&alice()));
    (0..3).for_each(|number| tell(&hub, number));
    assert_eq!(
        [(); 3].map(|()| next(&mut quick)),
        [0, 1, 2].map(|n| Some(Ok(n)))
    );
    assert_eq!((next(&mut quick), kept(&slow)), (None, 3));
    let mut late = hub.subscribe(&alice());
    assert_eq!(next(&mut late), None, "what was before it is in the store");
    assert_eq!(
        [(); 2].map(|()| next(&mut slow)),
        [0, 1].map(|n| Some(Ok(n)))
    );
    assert_eq!(kept(&slow), 1);
    drop(slow);
    assert_eq!(kept(&quick), 0, "whoever goes waits for nothing");
    tell(&hub, 3);
    assert_eq!(
        (next(&mut quick), next(&mut late)),
        (Some(Ok(3)), Some(Ok(3)))
    );
    assert_eq!(kept(&quick), 0);
}

#[test]
fn whoever_stops_is_told_so_and_holds_nothing_afterwards() {
    let hub = FeedHub::default();
    let (mut quick, mut stalled) = (hub.subscribe(&alice()), hub.subscribe(&alice()));
    for number in 0..2 * RING {
        tell(&hub, number);
        assert_eq!(next(&mut quick), Some(Ok(number)));
    }
    assert_eq!(kept(&quick), RING, "a ring, not a queue");
    assert_eq!(next(&mut stalled), Some(Err(())));
    assert_eq!((next(&mut stalled), kept(&quick)), (None, 0));
    tell(&hub, 7);
    assert_eq!(
        (next(&mut stalled), next(&mut quick)),
        (Some(Ok(7)), Some(Ok(7)))
    );
}

#[test]
fn without_readers_nothing_is_kept() {
    let hub = FeedHub::default();
    let reader = hub.subscribe(&alice());
    let feed = Arc::clone(&reader.feed);
    drop(reader);
    tell(&hub, 0);
    assert_eq!(feed.ring().entries.len(), 0);
    tell(&hub, 1);
    let mut reader = hub.subscribe(&alice());
    assert_eq!(next(&mut reader), None);
    tell(&hub, 2);
    assert_eq!(next(&mut reader), Some(Ok(2)));
}

/// Readers that come, take, stop and go as chance has it, beside what each must hear: all since it
/// came, in order, but for what it was told to have missed.
#[test]
fn whatever_readers_do_each_hears_all_and_the_ring_ends_empty() {
    for seed in 0..200_u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut random = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let hub = FeedHub::default();
        let mut told = 0;
        let mut readers: Vec<(FeedReader, usize)> = Vec::new();
        for _ in 0..600 {
            let which = usize::try_from(random(4)).expect("small");
            match random(8) {
                0 if readers.len() < 4 => readers.push((hub.subscribe(&alice()), told)),
                1 if which < readers.len() && random(8) == 0 => drop(readers.swap_remove(which)),
                2 | 3 => {
                    if let Some(reader) = readers.get_mut(which) {
                        hear(reader, told, seed);
                    }
                }
                4 if random(16) == 0 => {
                    for _ in 0..RING {
                        tell(&hub, told);
                        told += 1;
                    }
                }
                _ => {
                    tell(&hub, told);
                    told += 1;
                }
            }
        }
        for reader in &mut readers {
            while hear(reader, told, seed) {}
            assert_eq!(reader.1, told, "seed {seed}");
        }
        if let Some((reader, _)) = readers.first() {
            assert_eq!(
                (kept(reader), reader.feed.ring().weight),
                (0, 0),
                "seed {seed}"
            );
        }
    }
}

/// Takes one entry and compares it with the one that is due; whether there was any.
fn hear((reader, due): &mut (FeedReader, usize), told: usize, seed: u64) -> bool {
    match next(reader) {
        None => assert_eq!(*due, told, "seed {seed}: nothing is left"),
        Some(Ok(number)) => {
            assert_eq!(number, *due, "seed {seed}: in order");
            *due += 1;
        }
        Some(Err(())) => {
            assert!(
                told - *due > RING,
                "seed {seed}: only who stopped for long falls off"
            );
            *due = told;
        }
    }
    *due < told
}
