/**
 * Models that the library trained itself and carries inside the artifact: nothing is downloaded.
 */
@NullMarked
package io.facepipeline.models;

import org.jspecify.annotations.NullMarked;
