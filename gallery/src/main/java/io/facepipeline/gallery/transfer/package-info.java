/** Galleries as files of other programs: CSV and NPZ. */
@NullMarked
package io.facepipeline.gallery.transfer;

import org.jspecify.annotations.NullMarked;
