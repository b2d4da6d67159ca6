/** What commands write: JSON and other files, and progress bars. */
@NullMarked
package io.facepipeline.cli.output;

import org.jspecify.annotations.NullMarked;
