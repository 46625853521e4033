//! What clients of all dialects say about objectives, as TypeScript sees it.

use serde::Deserialize;
use ts_rs::TS;

data! {
    /// Change an objective.
    UpdateObjective {
        objective_id: String,
        updates: ObjectiveUpdates,
    }

    /// One objective.
    ObjectiveNamed {
        objective_id: String,
    }

    /// What to change of an objective. Absent fields stay.
    ObjectiveUpdates {
        /// At most 200 characters.
        #[ts(optional)]
        title: Option<String>,
        /// At most 8000 characters.
        #[ts(optional)]
        description: Option<String>,
        /// At most 100 characters.
        #[ts(optional)]
        category: Option<String>,
        #[ts(optional, as = "Option<crate::spelling::Difficulty>")]
        difficulty: Option<String>,
        #[ts(optional, as = "Option<crate::spelling::ObjectiveStatus>")]
        status: Option<String>,
        /// 0 to 100; absent, it follows the milestones when they change.
        #[ts(optional)]
        progress: Option<f64>,
        /// The new list, or, where each has a known id and no title, changes of those alone.
        #[ts(optional)]
        milestones: Option<Vec<MilestoneUpdate>>,
    }

    /// A new milestone, or what changes of one. Absent fields stay.
    MilestoneUpdate {
        /// Absent is a new one.
        #[ts(optional)]
        id: Option<String>,
        /// At most 200 characters.
        #[ts(optional)]
        title: Option<String>,
        /// At most 8000 characters.
        #[ts(optional = nullable)]
        description: Option<String>,
        #[ts(optional)]
        completed: Option<bool>,
        /// `2026-12-31`, or with a time.
        #[ts(optional = nullable)]
        due_date: Option<String>,
    }
}
