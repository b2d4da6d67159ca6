/** Pictures for people: faces drawn on photos or hidden in them, contact sheets. */
@NullMarked
package io.facepipeline.drawing;

import org.jspecify.annotations.NullMarked;
