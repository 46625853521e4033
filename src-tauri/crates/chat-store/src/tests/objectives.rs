//! Objectives: kept once for each wish, changed whole, seen by their owner alone, told after commits.

use chat_core::{
    ChangeKind, Difficulty, DueDate, GenerationId, Milestone, MilestoneId, MilestonePatch,
    NewObjective, Objective, ObjectiveId, ObjectivePatch, ObjectiveStatus, ObjectiveStore as _,
    PatchError, Revision, Timestamp,
};

use super::support::{Place, chat, is_not_found, open, user};

fn id(text: &str) -> ObjectiveId {
    ObjectiveId::parse(text).expect("an id")
}

fn milestone(text: &str) -> MilestoneId {
    MilestoneId::parse(text).expect("an id")
}

fn generation(text: &str) -> GenerationId {
    GenerationId::parse(text).expect("an id")
}

fn new(owner: &str, name: &str, wish: &str, once: bool) -> NewObjective {
    let step = |name: &str, due: Option<&str>| Milestone {
        id: milestone(name),
        title: name.into(),
        description: due.map(|_| "More about it".into()),
        completed: false,
        due: due.and_then(DueDate::parse),
    };
    NewObjective {
        objective: Objective {
            id: id(name),
            owner: user(owner),
            title: "Piano".into(),
            description: "Play.".into(),
            category: "music".into(),
            difficulty: Difficulty::Beginner,
            status: ObjectiveStatus::Active,
            progress: 0,
            milestones: vec![step("a", None), step("b", Some("2026-12-31"))],
            chat: None,
            created_at: Timestamp(10),
            updated_at: Timestamp(10),
            revision: Revision(0),
        },
        generation: generation(wish),
        once,
        took_ms: 7,
    }
}

fn tick(name: &str) -> ObjectivePatch {
    ObjectivePatch {
        milestones: Some(vec![MilestonePatch {
            id: Some(milestone(name)),
            completed: Some(true),
            ..MilestonePatch::default()
        }]),
        ..ObjectivePatch::default()
    }
}

#[tokio::test]
async fn a_wish_is_kept_once_where_its_id_says_so() {
    let place = Place::new().await;
    let store = &place.store;
    let first = store
        .create_objective(new("alice", "o1", "wish", true))
        .await;
    let first = first.expect("kept");
    place.seen.take();
    let again = store
        .create_objective(new("alice", "o2", "wish", true))
        .await;
    assert_eq!(again.expect("known"), first, "the first one is given back");
    assert!(place.seen.take().is_empty(), "nothing happened");
    for weak in ["o3", "o4"] {
        let kept = store.create_objective(new("alice", weak, "1", false)).await;
        assert_eq!(kept.expect("kept").id, id(weak), "a weak id says nothing");
    }
    let other = store.create_objective(new("bob", "o5", "wish", true)).await;
    assert_eq!(
        other.expect("kept").id,
        id("o5"),
        "another person's wish is another"
    );
    let found = store
        .objective_of(&user("alice"), &generation("wish"))
        .await;
    assert_eq!(found.expect("read"), Some(first));
}

#[tokio::test]
async fn what_is_kept_comes_back_whole_after_a_restart() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    let kept = place
        .store
        .create_objective(new("alice", "o", "w", true))
        .await;
    kept.expect("kept");
    let linked = place
        .store
        .set_discussion(&user("alice"), &id("o"), &chat("c"))
        .await;
    let linked = linked.expect("linked");
    let path = place.path();
    place.store.close().await;
    let (store, _) = open(&path);
    let all = store.objectives(&user("alice")).await.expect("read");
    assert_eq!(all, std::slice::from_ref(&linked));
    assert_eq!(all[0].milestones[1].due, DueDate::parse("2026-12-31"));
    let discussed = store.discussed_in(&chat("c")).await.expect("read");
    assert_eq!(discussed, Some(linked));
}

#[tokio::test]
async fn a_change_is_told_once_and_one_that_does_not_fit_not_at_all() {
    let place = Place::new().await;
    let store = &place.store;
    let made = store.create_objective(new("alice", "o", "w", true)).await;
    let made = made.expect("kept");
    place.seen.take();
    let (alice, now) = (user("alice"), Timestamp(20));
    let update = |patch, fresh| store.update_objective(&alice, &made.id, patch, fresh, now);
    let updated = update(tick("a"), vec![milestone("x")])
        .await
        .expect("written");
    let updated = updated.expect("it fits");
    assert_eq!((updated.progress, updated.updated_at), (50, now));
    assert!(updated.revision > made.revision);
    let told = place.seen.take();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].audience, [(alice.clone(), updated.revision)]);
    assert_eq!(told[0].kind, ChangeKind::ObjectiveChanged(updated.clone()));
    let same = update(tick("a"), vec![milestone("x")])
        .await
        .expect("written");
    assert_eq!(same, Ok(updated.clone()));
    let unfit = update(tick("unknown"), vec![milestone("x")])
        .await
        .expect("read");
    assert_eq!(unfit, Err(PatchError::Untitled));
    assert!(place.seen.take().is_empty(), "neither changed anything");
    let kept = store.objective(&alice, &made.id).await.expect("read");
    assert_eq!(kept, updated);
}

#[tokio::test]
async fn it_is_deleted_and_restored_by_its_owner_alone() {
    let place = Place::new().await;
    let store = &place.store;
    let made = store.create_objective(new("alice", "o", "w", true)).await;
    let made = made.expect("kept");
    let (alice, bob, now) = (user("alice"), user("bob"), Timestamp(20));
    assert!(is_not_found(store.objective(&bob, &made.id).await));
    assert!(is_not_found(
        store.delete_objective(&bob, &made.id, now).await
    ));
    assert!(is_not_found(store.restore_objective(&bob, &made.id).await));
    let stolen = store
        .update_objective(&bob, &made.id, tick("a"), Vec::new(), now)
        .await;
    assert!(is_not_found(stolen));
    place.chat("bob", "theirs").await;
    let foreign = store
        .set_discussion(&alice, &made.id, &chat("theirs"))
        .await;
    assert!(is_not_found(foreign), "not in a chat of somebody else");
    place.seen.take();
    store
        .delete_objective(&alice, &made.id, now)
        .await
        .expect("deleted");
    let told = place.seen.take();
    assert_eq!(told[0].kind, ChangeKind::ObjectiveRemoved(made.id.clone()));
    assert!(is_not_found(store.objective(&alice, &made.id).await));
    assert!(
        is_not_found(store.delete_objective(&alice, &made.id, now).await),
        "not twice"
    );
    assert_eq!(store.objectives(&alice).await.expect("read"), []);
    let back = store
        .restore_objective(&alice, &made.id)
        .await
        .expect("back");
    assert_eq!(back.milestones, made.milestones);
    assert_eq!(
        place.seen.take()[0].kind,
        ChangeKind::ObjectiveChanged(back.clone())
    );
    let again = store
        .restore_objective(&alice, &made.id)
        .await
        .expect("as it is");
    assert_eq!(again, back);
    assert!(place.seen.take().is_empty());
}
