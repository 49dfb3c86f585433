//! When two shown values are the same: token by token, numbers by closeness.

const RELATIVE: f64 = 1e-6;
const ABSOLUTE: f64 = 1e-9;

/// Whether two texts show the same values, white space aside.
pub fn agree(expected: &str, got: &str) -> bool {
    // A lazy truth value is NumPy's once it is computed, where the eager function gives Python's.
    let plain = |text: &str| text.replace("np.True_", "True").replace("np.False_", "False");
    let (a, b) = (tokens(&plain(expected)), tokens(&plain(got)));
    a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x == y || are_close(x, y))
}

fn are_close(x: &str, y: &str) -> bool {
    let number = |token: &str| token.trim_end_matches('j').parse::<f64>().ok().filter(|n| n.is_finite());
    let same_kind = x.ends_with('j') == y.ends_with('j');
    match (number(x), number(y)) {
        (Some(u), Some(v)) => same_kind && (u - v).abs() <= ABSOLUTE + RELATIVE * u.abs().max(v.abs()),
        _ => false,
    }
}

/// Names, numbers with their sign and exponent, and single other characters.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = number_length(rest).or_else(|| name_length(rest)).unwrap_or(first.len_utf8());
        found.push(rest[..len].to_string());
        rest = rest[len..].trim_start();
    }
    found
}

fn name_length(text: &str) -> Option<usize> {
    let len = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (len > 0).then_some(len)
}

fn number_length(text: &str) -> Option<usize> {
    let signed = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(signed);
    let fraction = signed[whole..].strip_prefix('.').map(digits);
    if whole + fraction.unwrap_or(0) == 0 {
        return None;
    }
    let mut end = text.len() - signed.len() + whole + fraction.map_or(0, |n| n + 1);
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let power = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if digits(power) > 0 {
            end = text.len() - power.len() + digits(power);
        }
    }
    Some(end + usize::from(text[end..].starts_with('j')))
}

#[test]
fn closeness_is_of_numbers_alone() {
    assert!(agree("array([ 1., 2.5e-3])", "array([1.0, 0.0025])"));
    assert!(agree("(1+2j)", "(1.0000001+2j)"));
    assert!(!agree("array([1, 2])", "array([1, 3])"));
    assert!(!agree("array([1], dtype=int32)", "array([1])"));
    assert!(!agree("nan", "1.0"));
    assert!(!agree("2j", "2"));
}
