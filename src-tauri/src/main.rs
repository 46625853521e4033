//! Skeleton.
fn main() {
    println!("parlor");
}
