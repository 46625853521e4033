//! Patches and progress.

use super::*;

fn id(text: &str) -> MilestoneId {
    MilestoneId::parse(text).expect("an id")
}

fn fresh(number: usize) -> MilestoneId {
    id(&format!("new-{number}"))
}

fn objective(milestones: &[(&str, bool)]) -> Objective {
    Objective {
        id: ObjectiveId::parse("o").expect("an id"),
        owner: UserId::parse("u").expect("an id"),
        title: "Piano".into(),
        description: String::new(),
        category: String::new(),
        difficulty: Difficulty::Beginner,
        status: ObjectiveStatus::Active,
        progress: 0,
        milestones: milestones
            .iter()
            .map(|(name, completed)| Milestone {
                id: id(name),
                title: (*name).to_owned(),
                description: None,
                completed: *completed,
                due: None,
            })
            .collect(),
        chat: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        revision: Revision(1),
    }
}

fn tick(name: &str) -> MilestonePatch {
    MilestonePatch {
        id: Some(id(name)),
        completed: Some(true),
        ..MilestonePatch::default()
    }
}

fn with(milestones: Vec<MilestonePatch>) -> ObjectivePatch {
    ObjectivePatch {
        milestones: Some(milestones),
        ..ObjectivePatch::default()
    }
}

#[test]
fn ticking_changes_one_and_progress_follows() {
    let mut piano = objective(&[("a", false), ("b", false), ("c", false)]);
    for (name, progress) in [("b", 33), ("a", 67), ("c", 100)] {
        piano.apply(with(vec![tick(name)]), fresh).expect("it fits");
        assert_eq!((piano.milestones.len(), piano.progress), (3, progress));
    }
    let patch = ObjectivePatch {
        progress: Some(40),
        ..ObjectivePatch::default()
    };
    piano.apply(patch, fresh).expect("it fits");
    assert_eq!(piano.progress, 40, "a person may say otherwise");
}

#[test]
fn a_list_with_a_title_is_the_new_list() {
    let mut piano = objective(&[("a", true), ("b", false)]);
    let new = MilestonePatch {
        title: Some("Scales".into()),
        ..MilestonePatch::default()
    };
    let kept = MilestonePatch {
        id: Some(id("a")),
        ..MilestonePatch::default()
    };
    piano.apply(with(vec![new, kept]), fresh).expect("it fits");
    let told: Vec<_> = piano
        .milestones
        .iter()
        .map(|one| (one.id.as_str(), one.title.as_str(), one.completed))
        .collect();
    assert_eq!(told, [("new-0", "Scales", false), ("a", "a", true)]);
    assert_eq!(piano.progress, 50);
    piano.apply(with(Vec::new()), fresh).expect("it fits");
    assert_eq!((piano.milestones.len(), piano.progress), (0, 50));
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut piano = objective(&[("a", false)]);
    let before = piano.clone();
    let many = vec![
        MilestonePatch {
            title: Some("x".into()),
            ..MilestonePatch::default()
        };
        MAX_MILESTONES + 1
    ];
    for (patch, expected) in [
        (vec![tick("a"), tick("a")], PatchError::Doubled),
        (vec![tick("unknown")], PatchError::Untitled),
        (many, PatchError::TooMany),
    ] {
        assert_eq!(piano.apply(with(patch), fresh), Err(expected));
        assert_eq!(piano, before);
    }
}

#[test]
fn dates_are_days_that_exist() {
    for good in [
        "2026-12-31",
        "2024-02-29",
        "2026-01-01T10:00:00.000Z",
        "2026-01-01T10:00:00+02:00",
    ] {
        assert_eq!(DueDate::parse(good).expect(good).as_str(), good);
    }
    for bad in [
        "",
        "tomorrow",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-1-1",
        "2026-12-31 10:00",
        "2026-12-31Tnoon",
        "двадцать-шестой",
    ] {
        assert_eq!(DueDate::parse(bad), None, "{bad}");
    }
}
