//! How much waits, what is stuck and why, and putting it to work again.

use std::collections::BTreeMap;

use protocol::account::Role;
use protocol::admin::{JobReport, JobState, JobsReport, RetryJobs, StageCounts};
use protocol::element::StageName;
use protocol::{Cursor, ElementId};
use web_sys::HtmlSelectElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::gate::Gate;
use super::poll::use_poll;
use crate::api::{self, admin::JobFilter};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::nav::{Link, Route};
use crate::store::use_toasts;
use crate::words;

const STATES: [JobState; 4] = [
    JobState::Failed,
    JobState::Quarantined,
    JobState::Waiting,
    JobState::Running,
];

#[component]
pub fn JobsPage() -> Html {
    use_title("Jobs");
    html! { <Gate role={Role::Admin}><Jobs /></Gate> }
}

#[component]
fn Jobs() -> Html {
    let toasts = use_toasts();
    let filter = use_state_eq(JobFilter::default);
    // the filter it answers stands beside it: late answers are dropped
    let report = use_state_eq(|| None::<(JobFilter, JobsReport)>);
    let failure = use_state_eq(|| None::<String>);
    let more = use_state_eq(Vec::<JobReport>::new);
    let next = use_state_eq(|| None::<Cursor>);
    let peak = use_mut_ref(BTreeMap::<String, u64>::new);
    let ask = {
        let (filter, report, failure) = (*filter, report.setter(), failure.setter());
        Callback::from(move |()| {
            let (report, failure) = (report.clone(), failure.clone());
            spawn_local(async move {
                match api::admin::jobs(filter, None).await {
                    Ok(now) => {
                        report.set(Some((filter, now)));
                        failure.set(None);
                    }
                    Err(why) => failure.set(Some(why.message())),
                }
            });
        })
    };
    use_poll(*filter, ask.clone());
    use_effect_with(*filter, {
        let (more, next) = (more.setter(), next.setter());
        move |_| {
            more.set(Vec::new());
            next.set(None);
        }
    });
    let retry = {
        let ask = ask.clone();
        Callback::from(move |which: RetryJobs| {
            let (toasts, ask) = (toasts.clone(), ask.clone());
            spawn_local(async move {
                match api::admin::retry(&which).await {
                    Ok(done) => {
                        toasts.say(match done.jobs {
                            0 => "There was nothing to retry".to_owned(),
                            n => format!("{} put to work again", words::count(n as i64, "job")),
                        });
                        ask.emit(());
                    }
                    Err(why) => toasts.say(format!("Not retried: {}", why.message())),
                }
            });
        })
    };
    let Some((answered, shown)) = &*report else {
        return match &*failure {
            Some(why) => html! {
                <Empty page={true} title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" onclick={ask.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
                </Empty>
            },
            None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        };
    };
    for (stage, counts) in &shown.stages {
        let mut peak = peak.borrow_mut();
        let most = peak.entry(stage.clone()).or_default();
        *most = (*most).max(open(counts));
    }
    let after = match more.is_empty() {
        true => shown.next_cursor.clone(),
        false => (*next).clone(),
    };
    let load_more = after.map(|cursor| {
        let (filter, more, next) = (*filter, more.clone(), next.setter());
        let failure = failure.setter();
        let onclick = Callback::from(move |_: MouseEvent| {
            let (cursor, more, next) = (cursor.clone(), more.clone(), next.clone());
            let failure = failure.clone();
            spawn_local(async move {
                match api::admin::jobs(filter, Some(&cursor)).await {
                    Ok(page) => {
                        let mut all = (*more).clone();
                        all.extend(page.items);
                        more.set(all);
                        next.set(page.next_cursor);
                    }
                    Err(why) => failure.set(Some(why.message())),
                }
            });
        });
        html! { <button type="button" class="button" {onclick}>{ "Load more" }</button> }
    });
    let retry_all = retry.reform(|_: MouseEvent| RetryJobs::default());
    let stuck: u64 = shown.stages.values().map(given_up).sum();
    let items = shown.items.iter().chain(more.iter());
    let stale = *answered != *filter;
    html! {
        <div class="page is-wide">
            <div class="page-head">
                <h1>{ "Jobs" }</h1>
                <button type="button" class="button is-primary" onclick={retry_all} disabled={stuck == 0}><Icon name={IconName::Retry} size={18} />{ "Retry all" }</button>
            </div>
            if let Some(why) = &*failure { <p class="field-error" role="alert">{ format!("Out of date: {why}") }</p> }
            <section class="panel" aria-labelledby="stages">
                <h2 id="stages">{ "Stages" }</h2>
                <table class="table">
                    <thead><tr>
                        { for ["Stage", "Waiting", "Running", "Failed", "Quarantined", "Done since you look"].map(|name| html! { <th scope="col">{ name }</th> }) }
                        <th scope="col"><span class="unseen">{ "Action" }</span></th>
                    </tr></thead>
                    <tbody>{ for shown.stages.iter().map(|(name, counts)| {
                        let most = peak.borrow().get(name).copied().unwrap_or_default();
                        stage_row(name, counts, most, &retry)
                    }) }</tbody>
                </table>
            </section>
            <section class="panel" aria-labelledby="list">
                <div class="page-head"><h2 id="list">{ "Jobs one by one" }</h2><Filters filter={*filter} onchange={Callback::from(move |to| filter.set(to))} /></div>
                if shown.items.is_empty() && !stale {
                    <p class="quiet">{ "No such job." }</p>
                }
                <ul class={classes!("jobs", stale.then_some("is-stale"))}>{ for items.map(|job| row(job, &retry)) }</ul>
                { load_more }
            </section>
        </div>
    }
}

/// Still to be done.
fn open(counts: &StageCounts) -> u64 {
    counts.waiting + counts.running
}

fn given_up(counts: &StageCounts) -> u64 {
    counts.failed + counts.quarantined
}

/// How much of the most that was ever open here is through.
fn through(most: u64, open: u64) -> u64 {
    most.saturating_sub(open)
}

fn stage_row(name: &str, counts: &StageCounts, most: u64, retry: &Callback<RetryJobs>) -> Html {
    let title = words::stage_name(name).to_owned();
    let stage = StageName::parse(name);
    let onclick = retry.reform(move |_: MouseEvent| RetryJobs {
        stage,
        ..RetryJobs::default()
    });
    let done = through(most, open(counts));
    html! {
        <tr key={name.to_owned()}>
            <th scope="row">{ title.clone() }</th>
            <td data-name="Waiting">{ counts.waiting }</td>
            <td data-name="Running">{ counts.running }</td>
            <td data-name="Failed">{ counts.failed }</td>
            <td data-name="Quarantined">{ counts.quarantined }</td>
            <td data-name="Done since you look">
                if most > 0 {
                    <progress class="bar" max={most.to_string()} value={done.to_string()} aria-label={format!("{title}: {done} of {most} done")}></progress>
                    <small>{ format!("{done} of {most}") }</small>
                } else { { "–" } }
            </td>
            <td>
                if given_up(counts) > 0 && stage.is_some() {
                    <button type="button" class="button is-small" {onclick} aria-label={format!("Retry stage {title}")}>{ "Retry" }</button>
                }
            </td>
        </tr>
    }
}

fn row(job: &JobReport, retry: &Callback<RetryJobs>) -> Html {
    let stage = words::stage_name(job.stage.as_str()).to_owned();
    let since = words::ago(js_sys::Date::now() as i64, job.created_at.millis());
    let onclick = {
        let (element, stage): (ElementId, _) = (job.element.clone(), job.stage);
        retry.reform(move |_: MouseEvent| RetryJobs {
            element: Some(element.clone()),
            stage: Some(stage),
        })
    };
    let stuck = matches!(job.state, JobState::Failed | JobState::Quarantined);
    html! {
        <li class="card-row" key={format!("{}-{stage}", job.element)}>
            <div class="card-row-text">
                <p class="card-row-title">
                    <span class={classes!("state", stuck.then_some("is-bad"))}>{ words::job_state(job.state) }</span>
                    { stage.clone() }
                    <Link to={Route::element(&job.element)}>{ format!("picture {}", job.element) }</Link>
                </p>
                if let Some(why) = &job.reason { <p>{ why.clone() }</p> }
                <p class="quiet">{ format!("{} · {since}", words::count(job.attempts.into(), "attempt")) }</p>
            </div>
            if stuck {
                <button type="button" class="button is-small" {onclick} aria-label={format!("Retry {stage} of picture {}", job.element)}>{ "Retry" }</button>
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct FiltersProps {
    filter: JobFilter,
    onchange: Callback<JobFilter>,
}

#[component]
fn Filters(props: &FiltersProps) -> Html {
    let filter = props.filter;
    // the first option stands for no choice
    let chosen = |event: &Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        usize::try_from(select.selected_index() - 1).ok()
    };
    let onstate = props.onchange.reform(move |event: Event| JobFilter {
        state: chosen(&event).and_then(|at| STATES.get(at).copied()),
        ..filter
    });
    let onstage = props.onchange.reform(move |event: Event| JobFilter {
        stage: chosen(&event).and_then(|at| StageName::ALL.get(at).copied()),
        ..filter
    });
    html! {
        <div class="row">
            <select class="small-field" aria-label="State" onchange={onstate}>
                <option selected={filter.state.is_none()}>{ "In trouble" }</option>
                { for STATES.map(|s| html! { <option selected={filter.state == Some(s)}>{ words::job_state(s) }</option> }) }
            </select>
            <select class="small-field" aria-label="Stage" onchange={onstage}>
                <option selected={filter.stage.is_none()}>{ "All stages" }</option>
                { for StageName::ALL.map(|s| html! { <option selected={filter.stage == Some(s)}>{ words::stage_name(s.as_str()).to_owned() }</option> }) }
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_never_runs_backwards_past_nothing() {
        let counts = StageCounts {
            waiting: 3,
            running: 1,
            failed: 2,
            quarantined: 1,
        };
        assert_eq!((open(&counts), given_up(&counts)), (4, 3));
        assert_eq!(through(10, 4), 6);
        assert_eq!(through(0, 4), 0);
    }
}
