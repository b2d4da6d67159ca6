/** How verification sets of aligned crops are kept: pickles, bcolz folders, Blosc's chunks. */
@NullMarked
package io.facepipeline.evaluation.crops;

import org.jspecify.annotations.NullMarked;
