use std::path::PathBuf;

/// What the commands take.
pub struct Args {
    pub models: PathBuf,
    pub out: Option<PathBuf>,
    pub bridge: Option<PathBuf>,
    pub tags: Option<PathBuf>,
    pub pass: Option<String>,
    pub queries: Vec<String>,
    pub inputs: Vec<PathBuf>,
}

/// Reads the options, and the names in `@LIST` files.
pub fn parse(arguments: &[String]) -> Result<Args, String> {
    let (mut models, mut out, mut bridge, mut tags) = (None, None, None, None);
    let (mut queries, mut inputs, mut pass) = (Vec::new(), Vec::new(), None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--models-dir" => models = Some(PathBuf::from(value()?)),
            "--out" => out = Some(PathBuf::from(value()?)),
            "--bridge" => bridge = Some(PathBuf::from(value()?)),
            "--tags" => tags = Some(PathBuf::from(value()?)),
            "--pass" => pass = Some(value()?.clone()),
            "--query" => queries.push(value()?.clone()),
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            name => match name.strip_prefix('@') {
                Some(list) => {
                    let text = std::fs::read_to_string(list).map_err(|e| format!("{list}: {e}"))?;
                    inputs.extend(text.lines().filter(|l| !l.is_empty()).map(PathBuf::from));
                }
                None => inputs.push(PathBuf::from(name)),
            },
        }
    }
    Ok(Args {
        models: models.ok_or("--models-dir is needed")?,
        out,
        bridge,
        tags,
        pass,
        queries,
        inputs,
    })
}
