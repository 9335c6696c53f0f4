//! Which judgements are put before people, and what can be done about them.

use protocol::label::{AppealState, Label, LabelName, LabelSource, Verdict};

/// Judgements that matter to viewers, then the rest.
pub fn split(labels: &[Label]) -> (Vec<&Label>, Vec<&Label>) {
    labels.iter().partition(|label| is_notable(label))
}

/// Something was found, or somebody had their say.
fn is_notable(label: &Label) -> bool {
    let found = !matches!(label.verdict, Verdict::None | Verdict::No);
    let said = label.source != LabelSource::Model || label.appeal.is_some();
    label.label.is_reviewed() && (found || said)
}

/// Is it to be read without asking?
pub fn opens(label: &Label) -> bool {
    let found = matches!(
        label.verdict,
        Verdict::Sensitive | Verdict::Explicit | Verdict::Yes
    );
    found || label.appeal.is_some()
}

/// Only a model's judgement can be appealed, once at a time.
pub fn can_appeal(label: &Label) -> bool {
    let open = label
        .appeal
        .as_ref()
        .is_some_and(|a| a.state == AppealState::Open);
    label.source == LabelSource::Model && !open
}

/// Did the owner say that a generator made it?
pub fn is_declared(labels: &[Label]) -> bool {
    labels.iter().any(|label| {
        label.label == LabelName::AiMade
            && (label.source == LabelSource::Declared
                || label.evidence.iter().any(|e| e.kind == "declared"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::labelled;
    use protocol::Timestamp;
    use protocol::label::Appeal;

    fn label(name: LabelName, verdict: Verdict) -> Label {
        labelled(1, (name, verdict)).labels.remove(0)
    }

    fn appealed(state: AppealState) -> Label {
        Label {
            appeal: Some(Appeal {
                state,
                note: "a statue".into(),
                at: Timestamp::from_millis(0),
                answer: None,
            }),
            ..label(LabelName::Nsfw, Verdict::None)
        }
    }

    #[test]
    fn what_was_found_or_appealed_stands_in_front() {
        let labels = [
            label(LabelName::Nsfw, Verdict::None),
            label(LabelName::AiMade, Verdict::Unsure),
            label(LabelName::Dark, Verdict::Yes),
            appealed(AppealState::Granted),
        ];
        let (notable, rest) = split(&labels);
        assert_eq!(notable, [&labels[1], &labels[3]]);
        assert_eq!(rest, [&labels[0], &labels[2]]);
    }

    #[test]
    fn one_appeal_at_a_time_and_none_against_people() {
        assert!(can_appeal(&label(LabelName::Blurry, Verdict::Yes)));
        assert!(!can_appeal(&appealed(AppealState::Open)));
        assert!(can_appeal(&appealed(AppealState::Declined)));
        let by_person = Label {
            source: LabelSource::Person,
            ..label(LabelName::Nsfw, Verdict::Explicit)
        };
        assert!(!can_appeal(&by_person));
    }

    #[test]
    fn a_declaration_is_one_of_being_made_with_ai() {
        let mut ai = label(LabelName::AiMade, Verdict::Yes);
        assert!(!is_declared(std::slice::from_ref(&ai)));
        ai.source = LabelSource::Declared;
        assert!(is_declared(&[ai]));
    }
}
