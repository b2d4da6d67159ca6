/** How figures are written in tables and JSON; not exported. */
@NullMarked
package io.facepipeline.evaluation.internal;

import org.jspecify.annotations.NullMarked;
