/** The gallery: people who are enrolled, searched for, and kept on disk. */
@NullMarked
package io.facepipeline.gallery;

import org.jspecify.annotations.NullMarked;
