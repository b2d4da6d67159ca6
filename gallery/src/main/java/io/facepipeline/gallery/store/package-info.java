/** Where a gallery's changes are kept besides its memory: for the galleries of other modules. */
@NullMarked
package io.facepipeline.gallery.store;

import org.jspecify.annotations.NullMarked;
