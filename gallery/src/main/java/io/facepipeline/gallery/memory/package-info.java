/** The people and faces of a gallery in memory, and how a change alters them. */
@NullMarked
package io.facepipeline.gallery.memory;

import org.jspecify.annotations.NullMarked;
