//! Keep evidence records, and the chain of their versions.
use yilian_contract::prelude::*;

#[derive(Json)]
struct Put { a: u64, b: String }

#[derive(ContractError)]
enum E {
    #[error(code = 101, zh = "无", en = "no")]
    No,
}
pub struct Evidence;
#[ledger(name = "evidence", version = "1.0.0", zh = "存证", en = "Evidence")]
impl Evidence {
    /// zh: 存 | en: put
    pub fn deposit(ctx: &mut Context, p: Put) -> Result<u64, E> {
        if p.a == 0 { return Err(E::No); }
        const M: Map<Put> = Map::new("m");
        M.set(ctx, &[&p.b], &p);
        Ok(p.a + 1)
    }
}
