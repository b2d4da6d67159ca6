/** What the service loader finds, and stages by their names, for our own modules. */
@NullMarked
package io.facepipeline.models.internal;

import org.jspecify.annotations.NullMarked;
