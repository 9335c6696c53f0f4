//! How good home feeds are, offline: synthetic people with a few interests
//! each, over real pictures as the real models see them, through the real
//! platform. What a picture shows is told by the package that it comes from.
//!
//!     recommend FOLDER [--people N]
//!
//! `FOLDER` is what `ml/bench/library.py` wrote; `cargo xtask bench recommend`
//! does both.

#[path = "recommend/baselines.rs"]
mod baselines;
#[path = "recommend/figures.rs"]
mod figures;
#[path = "recommend/library.rs"]
mod library;
#[path = "recommend/people.rs"]
mod people;
#[path = "recommend/world.rs"]
mod world;

use std::path::PathBuf;

use anyhow::Context;

use baselines::Baselines;
use figures::Figures;
use library::Library;
use people::{People, Person};
use world::{Given, World};

/// Elements of a feed that are looked at.
const LOOKED_AT: usize = 100;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("which folder?")?;
    let people = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--people"), Some(number)) => number.parse()?,
        _ => 150,
    };
    let library = Library::read(&PathBuf::from(folder))?;
    let people = People::invent(&library, people);
    println!(
        "{} pictures, {} interests; {} people with {:.1} interests and {:.1} saves each",
        library.pictures.len(),
        library.interests().len(),
        people.all.len(),
        people.mean(|person| person.interests.len()),
        people.mean(|person| person.saved().count()),
    );
    println!("{}", figures::HEAD);
    actix::System::new().block_on(measure(&library, &people))
}

/// A way to recommend without a platform: places in the library.
type Baseline<'a> = &'a dyn Fn(&Person) -> Vec<usize>;

async fn measure(library: &Library, people: &People) -> anyhow::Result<()> {
    let baselines = Baselines::new(library, people);
    let named: [(&str, Baseline<'_>); 4] = [
        ("by chance", &|person| baselines.by_chance(person)),
        ("what most people saved", &|person| {
            baselines.popular(person)
        }),
        ("near the mean of all saves", &|person| {
            baselines.mean(person)
        }),
        ("near the newest save", &|person| baselines.last(person)),
    ];
    for (name, recommend) in named {
        let lists = people.all.iter().map(recommend);
        print!(
            "{}",
            Figures::of(library, people, lists.collect()).row(name)
        );
    }
    let worlds = [
        (
            "home: medoids alone",
            Given {
                tags: false,
                public: false,
            },
        ),
        (
            "home: and shared tags",
            Given {
                tags: true,
                public: false,
            },
        ),
        (
            "home: and what others keep beside it",
            Given {
                tags: true,
                public: true,
            },
        ),
    ];
    for (name, given) in worlds {
        let world = World::fill(library, people, given).await?;
        let mut lists = Vec::new();
        let began = std::time::Instant::now();
        for person in 0..people.all.len() {
            lists.push(world.home(person, LOOKED_AT).await?);
        }
        let each = began.elapsed().as_secs_f64() * 1000.0 / people.all.len() as f64;
        print!("{}", Figures::of(library, people, lists).row(name));
        println!("  a first page took {each:.0} ms");
        world.end().await;
    }
    Ok(())
}
