/** How figures are written in tables and JSON, and how JSON is read; exported to training only. */
@NullMarked
package io.facepipeline.evaluation.internal;

import org.jspecify.annotations.NullMarked;
