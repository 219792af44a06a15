//! The three functions that JavaScript calls. Memory goes over as boxed slices, whose capacity is their length.

use std::alloc::{alloc as take, dealloc, Layout};

fn layout(len: usize) -> Option<Layout> {
    Layout::array::<u8>(len).ok().filter(|_| len > 0)
}

/// Room for an input of `len` bytes; null when there is none.
#[no_mangle]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    match layout(len) {
        // SAFETY: the layout's size is not 0.
        Some(layout) => unsafe { take(layout) },
        None => std::ptr::null_mut(),
    }
}

/// Frees an output.
///
/// # Safety
/// `ptr` and `len` are those of an output of [`call`], or of [`alloc`], that is freed for the first time.
#[no_mangle]
pub unsafe extern "C" fn free(ptr: *mut u8, len: usize) {
    if let (Some(layout), false) = (layout(len), ptr.is_null()) {
        dealloc(ptr, layout);
    }
}

/// Answers a question, see [`crate::Function`]. Frees the input.
///
/// # Safety
/// `ptr` comes from [`alloc`] with the same `len`, and its bytes are written.
#[no_mangle]
pub unsafe extern "C" fn call(function: u32, ptr: *mut u8, len: usize) -> u64 {
    let output = if ptr.is_null() {
        crate::answer(function, &[])
    } else {
        crate::answer(function, std::slice::from_raw_parts(ptr, len))
    };
    free(ptr, len);
    let output = Box::leak(output.into_boxed_slice());
    ((output.as_mut_ptr() as usize as u64) << 32) | output.len() as u64
}
