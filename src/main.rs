use livslop::run::{legs, model::{Model, People, Settings}};
use livslop::units::Year;
struct W; impl legs::Watch for W { fn year(&mut self,_:&str,_:Year,_:usize,_:usize){} fn stops(&self)->bool{false} }
fn main() -> miette::Result<()> {
    let n = std::env::args().nth(1).unwrap_or("100000".into());
    let threads = std::env::args().nth(2).map_or(2, |t| t.parse().unwrap());
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let people = if n == "all" { People::All } else { People::Number(n.parse().unwrap()) };
    let t = std::time::Instant::now();
    let model = Model::load(Settings { config: "configs/norway".into(), people, seed: 1, replicate: 0, branch: Year(2025), until: Year(2100), future: None, set: vec![] })?;
    println!("load {:?}", t.elapsed());
    let arms = model.arms(&["scenarios/packages/five-percent.toml".into()])?;
    std::fs::create_dir_all("/tmp/work").unwrap();
    let keep = legs::Keep { cache: None, work: "/tmp/work".into(), resume: false, every: std::time::Duration::from_secs(1000) };
    let out = legs::run(&model, if std::env::args().nth(3).is_some() { &arms } else { &[] }, None, &keep, &mut W)?;
    println!("lived {:?} py {} = {} ns/py; total {:?}", out.lived, out.person_years, out.lived.as_nanos() as f64 / out.person_years, t.elapsed());
    for y in [1950i16, 1960, 1980, 2000, 2020, 2024, 2025, 2050, 2075, 2100] {
        let c = out.reference.year(Year(y)).unwrap();
        let n: u64 = c.on_new_year(model.shape).as_flattened().iter().sum();
        let b: u64 = c.counted(model.shape, 0).as_flattened().iter().sum();
        let w = model.weight();
        println!("{y} people {} expected {} births {} record {:?}", n as f64 * w, model.expected_people(Year(y)), b as f64 * w, model.record.births.get((y - 1950) as usize));
    }
    println!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
    Ok(())
}
