/** Pictures for people: faces drawn on photos, contact sheets. */
@NullMarked
package io.facepipeline.drawing;

import org.jspecify.annotations.NullMarked;
