//! The two framings that the load client reads: WebSocket from servers, and server-sent events in
//! HTTP chunks straight from the provider. Incoming bytes are looked at where they lie; only what
//! is incomplete is kept.

use anyhow::{Result, bail, ensure};
use memchr::memmem;

/// How a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// WebSocket, as chat servers speak.
    Socket,
    /// HTTP with an event stream, as the provider speaks.
    Events,
}

/// What was found at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// Nothing whole yet.
    Part,
    /// The handshake is over, after so many bytes.
    Upgraded(usize),
    /// A text frame, or the data of an event, and the bytes that it took.
    Text(&'a [u8], usize),
    /// A ping to answer, and the bytes that it took.
    Ping(&'a [u8], usize),
    /// The other side says goodbye, with this code.
    Close(u16),
    /// Something that needs no attention.
    Nothing(usize),
}

/// The request that opens a WebSocket. The nonce is RFC 6455's own example: nobody caches here.
pub(super) fn upgrade(host: &str) -> String {
    format!(
        "GET /ws/chat HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
}

/// The answer to [`upgrade`].
pub(super) fn upgraded(bytes: &[u8]) -> Result<Found<'_>> {
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return Ok(Found::Part);
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.contains(" 101 "), "no WebSocket: {status}");
    ensure!(
        head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "the handshake was answered with another key"
    );
    Ok(Found::Upgraded(end + 4))
}

/// The next frame of a server. Servers do not mask, and ours do not fragment.
pub(super) fn frame(bytes: &[u8]) -> Result<Found<'_>> {
    let [first, second, ..] = *bytes else {
        return Ok(Found::Part);
    };
    let (length, head) = match second {
        126 => match bytes.get(2..4) {
            Some(&[high, low]) => (usize::from(u16::from_be_bytes([high, low])), 4),
            _ => return Ok(Found::Part),
        },
        127 => match bytes.get(2..10).and_then(|long| long.first_chunk::<8>()) {
            Some(long) => (usize::try_from(u64::from_be_bytes(*long))?, 10),
            None => return Ok(Found::Part),
        },
        masked if masked & 0x80 != 0 => bail!("a server masked a frame"),
        short => (usize::from(short), 2),
    };
    let Some(payload) = bytes.get(head..head + length) else {
        return Ok(Found::Part);
    };
    let taken = head + length;
    match first {
        0x81 => Ok(Found::Text(payload, taken)),
        0x89 => Ok(Found::Ping(payload, taken)),
        0x88 => {
            let code = payload.first_chunk::<2>();
            Ok(Found::Close(
                code.map_or(1005, |code| u16::from_be_bytes(*code)),
            ))
        }
        0x8A => Ok(Found::Nothing(taken)),
        other => bail!("a frame begins with {other:#x}"),
    }
}

/// Appends a client's frame. The mask is fixed: masking protects proxies, and here is none.
pub(super) fn put_frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
    out.push(0x80 | opcode);
    match u16::try_from(payload.len()) {
        Ok(short) if short < 126 => out.push(0x80 | short.to_be_bytes()[1]),
        Ok(length) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    let masked = payload.iter().zip(MASK.iter().cycle());
    out.extend(masked.map(|(byte, mask)| byte ^ mask));
}

/// The next event of the provider, which puts each into a chunk of its own.
pub(super) fn event(bytes: &[u8]) -> Result<Found<'_>> {
    if bytes.starts_with(b"HTTP/") {
        return Ok(match memmem::find(bytes, b"\r\n\r\n") {
            Some(end) if bytes.starts_with(b"HTTP/1.1 200 ") => Found::Nothing(end + 4),
            Some(end) => bail!(
                "the provider refused: {}",
                String::from_utf8_lossy(&bytes[..end])
            ),
            None => Found::Part,
        });
    }
    let Some(line) = memmem::find(bytes, b"\r\n") else {
        return Ok(Found::Part);
    };
    let size = usize::from_str_radix(std::str::from_utf8(&bytes[..line])?, 16)?;
    let Some(chunk) = bytes.get(line + 2..line + 2 + size) else {
        return Ok(Found::Part);
    };
    let taken = line + 2 + size + 2;
    if taken > bytes.len() {
        return Ok(Found::Part);
    }
    if size == 0 {
        return Ok(Found::Nothing(taken));
    }
    let data = chunk
        .strip_prefix(b"data: ")
        .and_then(|data| data.strip_suffix(b"\n\n"));
    match data {
        Some(data) => Ok(Found::Text(data, taken)),
        None => bail!("the provider sent what is no event"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_read_whole_or_not_at_all() {
        for length in [0_usize, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let mut bytes = vec![0x81];
            match length {
                0..126 => bytes.push(length as u8),
                126..65_536 => {
                    bytes.push(126);
                    bytes.extend((length as u16).to_be_bytes());
                }
                _ => {
                    bytes.push(127);
                    bytes.extend((length as u64).to_be_bytes());
                }
            }
            bytes.extend(&payload);
            let whole = bytes.len();
            assert_eq!(frame(&bytes).ok(), Some(Found::Text(&payload, whole)));
            assert_eq!(frame(&bytes[..whole - 1]).ok(), Some(Found::Part));
        }
        assert_eq!(frame(&[0x88, 2, 3, 0xF0]).ok(), Some(Found::Close(1008)));
        assert!(frame(&[0x81, 0x81, 0]).is_err(), "a server must not mask");
    }

    #[test]
    fn a_written_frame_is_masked_and_can_be_unmasked() {
        let mut out = Vec::new();
        put_frame(&mut out, 1, b"hello");
        assert_eq!(out[..2], [0x81, 0x85]);
        let plain: Vec<u8> = (0..5).map(|at| out[6 + at] ^ out[2 + at % 4]).collect();
        assert_eq!(plain, b"hello");
    }

    #[test]
    fn events_come_out_of_their_chunks() {
        let bytes = b"9\r\ndata: x\n\n\r\n0\r\n\r\n";
        assert_eq!(event(bytes).ok(), Some(Found::Text(b"x", 14)));
        assert_eq!(event(&bytes[14..]).ok(), Some(Found::Nothing(5)));
        assert_eq!(event(&bytes[..13]).ok(), Some(Found::Part));
        assert!(event(b"HTTP/1.1 500 no\r\n\r\n").is_err());
    }
}
