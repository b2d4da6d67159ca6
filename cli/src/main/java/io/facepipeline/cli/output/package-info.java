/** What commands write: JSON, tables, pictures and progress bars; and how they end. */
@NullMarked
package io.facepipeline.cli.output;

import org.jspecify.annotations.NullMarked;
