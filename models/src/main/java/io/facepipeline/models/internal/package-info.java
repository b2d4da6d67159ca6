/** What the service loader finds. */
@NullMarked
package io.facepipeline.models.internal;

import org.jspecify.annotations.NullMarked;
