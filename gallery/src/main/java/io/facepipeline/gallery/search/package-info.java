/** Exact search: every probe is compared with every face. */
@NullMarked
package io.facepipeline.gallery.search;

import org.jspecify.annotations.NullMarked;
