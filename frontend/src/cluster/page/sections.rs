//! Sections while they are edited: added, renamed, moved, removed.

use protocol::cluster::{Section, SectionPatch};
use protocol::limits;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::controls::{Icon, IconName};

/// As they stand in a cluster.
pub fn drafts(sections: &[Section]) -> Vec<SectionPatch> {
    let draft = |section: &Section| SectionPatch {
        id: Some(section.id.clone()),
        name: section.name.clone(),
    };
    sections.iter().map(draft).collect()
}

/// What is to be sent, if anything has changed. Sections without a name are
/// left out: somebody began one and thought better of it.
pub fn changed(sections: &[Section], drafts: &[SectionPatch]) -> Option<Vec<SectionPatch>> {
    let named = drafts.iter().filter_map(|draft| {
        let name = draft.name.trim().to_owned();
        let id = draft.id.clone();
        match (&id, name.is_empty()) {
            (None, true) => None,
            // a name that was emptied stays what it was
            (Some(known), true) => {
                let old = sections.iter().find(|section| section.id == *known)?;
                Some(SectionPatch {
                    id,
                    name: old.name.clone(),
                })
            }
            _ => Some(SectionPatch { id, name }),
        }
    });
    let named: Vec<_> = named.collect();
    (named != self::drafts(sections)).then_some(named)
}

#[derive(Properties, PartialEq)]
pub struct SectionsProps {
    pub drafts: Vec<SectionPatch>,
    pub onchange: Callback<Vec<SectionPatch>>,
}

/// One change of the drafts.
type Edit = Box<dyn Fn(&mut Vec<SectionPatch>)>;

#[component]
pub fn Sections(props: &SectionsProps) -> Html {
    let edit = |edit: Edit| {
        let (drafts, tell) = (props.drafts.clone(), props.onchange.clone());
        Callback::from(move |_: MouseEvent| {
            let mut drafts = drafts.clone();
            edit(&mut drafts);
            tell.emit(drafts);
        })
    };
    let add = edit(Box::new(|drafts| {
        drafts.push(SectionPatch {
            id: None,
            name: String::new(),
        });
    }));
    let last = props.drafts.len().saturating_sub(1);
    html! {
        <fieldset class="sections-edit">
            <legend>{ "Sections" }</legend>
            { for props.drafts.iter().enumerate().map(|(at, draft)| {
                let (drafts, tell) = (props.drafts.clone(), props.onchange.clone());
                let oninput = Callback::from(move |event: InputEvent| {
                    let input: HtmlInputElement = event.target_unchecked_into();
                    let mut drafts = drafts.clone();
                    drafts[at].name = input.value();
                    tell.emit(drafts);
                });
                let number = at + 1;
                html! {
                    <div class="section-row">
                        <input class="small-field" aria-label={format!("Name of section {number}")} placeholder="Name of the section"
                            autocomplete="off" maxlength={limits::CLUSTER_NAME_MAX.to_string()} value={draft.name.clone()} {oninput} />
                        <button type="button" class="icon-button" aria-label={format!("Move section {number} up")} disabled={at == 0}
                            onclick={edit(Box::new(move |drafts| drafts.swap(at, at - 1)))}><Icon name={IconName::Up} size={18} /></button>
                        <button type="button" class="icon-button is-turned" aria-label={format!("Move section {number} down")} disabled={at == last}
                            onclick={edit(Box::new(move |drafts| drafts.swap(at, at + 1)))}><Icon name={IconName::Up} size={18} /></button>
                        <button type="button" class="icon-button" aria-label={format!("Remove section {number}")} title="Its pictures stay in the cluster"
                            onclick={edit(Box::new(move |drafts| { drafts.remove(at); }))}><Icon name={IconName::Close} size={18} /></button>
                    </div>
                }
            }) }
            if props.drafts.len() < limits::CLUSTER_SECTIONS {
                <button type="button" class="button is-small" onclick={add}><Icon name={IconName::Plus} size={16} />{ "Add a section" }</button>
            }
            if !props.drafts.is_empty() {
                <p class="field-hint">{ "Pictures of a section that is removed stay in the cluster." }</p>
            }
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: &str, name: &str) -> Section {
        Section {
            id: id.into(),
            name: name.into(),
        }
    }

    fn draft(id: Option<&str>, name: &str) -> SectionPatch {
        SectionPatch {
            id: id.map(str::to_owned),
            name: name.into(),
        }
    }

    #[test]
    fn only_changes_are_sent() {
        let now = [section("a", "Old"), section("b", "New")];
        assert_eq!(changed(&now, &drafts(&now)), None);
        let begun = [
            draft(Some("a"), " "),
            draft(Some("b"), "New "),
            draft(None, ""),
        ];
        assert_eq!(changed(&now, &begun), None);
        let swapped = [draft(Some("b"), "New"), draft(Some("a"), "Old")];
        assert_eq!(changed(&now, &swapped), Some(swapped.to_vec()));
        assert_eq!(changed(&now, &[]), Some(Vec::new()));
    }

    #[test]
    fn new_ones_have_no_id() {
        let added = [draft(None, " Blue ")];
        assert_eq!(changed(&[], &added), Some(vec![draft(None, "Blue")]));
    }
}
