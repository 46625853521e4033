//! Sample objectives for the golden tests of both dialects.

use chat_core::{
    ChatId, Difficulty, DueDate, Generation, GenerationId, GenerationStage, Milestone, MilestoneId,
    Objective, ObjectiveId, ObjectiveStatus, Revision, Timestamp, UserId, Wish,
};

/// 2024-01-01T00:00:00.000Z
const NEW_YEAR: Timestamp = Timestamp(1_704_067_200_000);

pub(crate) fn objective_id() -> ObjectiveId {
    ObjectiveId::parse("objective-1").expect("an id")
}

pub(crate) fn generation_id() -> GenerationId {
    GenerationId::parse("generation-1").expect("an id")
}

pub(crate) fn wish(difficulty: Difficulty) -> Wish {
    Wish {
        prompt: "Apprendre le piano".into(),
        difficulty: Some(difficulty),
        category: Some("music".into()),
    }
}

pub(crate) fn generation() -> Generation {
    Generation {
        id: generation_id(),
        prompt: "Apprendre le piano".into(),
        stage: GenerationStage::Writing,
        characters: 120,
        title: Some("Jouer du piano".into()),
        milestones: 2,
        failure: None,
    }
}

/// An objective with all that it can have, or without.
pub(crate) fn objective(full: bool) -> Objective {
    let bare = Objective {
        id: objective_id(),
        owner: UserId::parse("user-456").expect("an id"),
        title: "Jouer du piano".into(),
        description: String::new(),
        category: String::new(),
        difficulty: Difficulty::Beginner,
        status: ObjectiveStatus::Active,
        progress: 0,
        milestones: Vec::new(),
        chat: None,
        created_at: NEW_YEAR,
        updated_at: NEW_YEAR,
        revision: Revision(9),
    };
    if !full {
        return bare;
    }
    let milestone = |id: &str, title: &str| Milestone {
        id: MilestoneId::parse(id).expect("an id"),
        title: title.into(),
        description: None,
        completed: true,
        due: None,
    };
    Objective {
        description: "Jouer un morceau entier.".into(),
        category: "music".into(),
        difficulty: Difficulty::Intermediate,
        progress: 50,
        milestones: vec![
            milestone("milestone-1", "Les gammes"),
            Milestone {
                description: Some("Au choix.".into()),
                completed: false,
                due: DueDate::parse("2026-12-31"),
                ..milestone("milestone-2", "Un morceau")
            },
        ],
        chat: ChatId::parse("chat-1").ok(),
        ..bare
    }
}
