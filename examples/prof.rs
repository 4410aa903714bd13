use livslop::run::{model::{Model, People, Settings}, nation::{Nation, Role}};
use livslop::{units::Year, model::{alignment::Alignment, lever::Levers}};
fn main() {
    let n: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let threads = std::env::args().nth(2).map_or(2, |t| t.parse().unwrap());
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let people = if n == 0 { People::All } else { People::Number(n) };
    let model = Model::load(Settings { config: "configs/norway".into(), people, seed: 1, replicate: 0, branch: Year(2025), until: Year(2100), future: None, set: vec![] }).unwrap();
    let mut nation = Nation::founded(&model, Year(1950), Year(2100));
    let mut al = Alignment::default();
    let t = std::time::Instant::now(); let mut py = 0.0;
    for year in Year(1950).to(Year(2100)) { py += nation.live(year, &Levers::default(), &mut al, Role::Reference).person_years(model.shape); }
    println!("{} ns/py, {py} {:?}", t.elapsed().as_nanos() as f64 / py, t.elapsed());
    println!("{}", std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
