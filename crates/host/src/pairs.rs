//! Headers as they cross the VM's border (proxy-wasm ABI 0.2.1): the number of pairs, the sizes of each name and
//! value, then each name and value with a NUL behind it; numbers are of 32 bits, little-endian.

/// The names and values of serialized headers; nothing where they are cut short.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<(&[u8], &[u8])>> {
    let Some((count, rest)) = number(bytes) else { return bytes.is_empty().then(Vec::new) };
    let (mut sizes, mut data) = rest.split_at_checked(count.checked_mul(8)?)?;
    let mut lines = Vec::with_capacity(count);
    for _ in 0..count {
        let (name_size, behind) = number(sizes)?;
        let (value_size, behind) = number(behind)?;
        sizes = behind;
        let (name, behind) = text(data, name_size)?;
        let (value, behind) = text(behind, value_size)?;
        data = behind;
        lines.push((name, value));
    }
    Some(lines)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn text(bytes: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(size)?;
    Some((text, rest.split_first()?.1))
}

/// Serializes headers.
pub(crate) fn encode<'a>(lines: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone) -> Vec<u8> {
    let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = size(lines.clone().count()).to_vec();
    for (name, value) in lines.clone() {
        bytes.extend(size(name.len()));
        bytes.extend(size(value.len()));
    }
    for text in lines.flat_map(|(name, value)| [name, value]) {
        bytes.extend(text);
        bytes.push(0);
    }
    bytes
}
