/** The library's own models, inside the artifact: nothing is downloaded. */
@NullMarked
package io.facepipeline.models;

import org.jspecify.annotations.NullMarked;
