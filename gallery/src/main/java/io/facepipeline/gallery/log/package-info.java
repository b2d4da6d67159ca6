/**
 * A gallery's folder: the records, the log they are appended to, its end, the lock, and recovery.
 */
@NullMarked
package io.facepipeline.gallery.log;

import org.jspecify.annotations.NullMarked;
