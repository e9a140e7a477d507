using Mambascope.Evaluation.Datasets;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>An item of a data set as it was read, before any model answered it.</summary>
/// <param name="Id">Stable name in the data set.</param>
/// <param name="Fingerprints">Of what each model is given, so that a changed file is noticed when results are gone on with.</param>
/// <param name="Runs">The item as each of the models answers it, in their order; made one by one.</param>
internal sealed record CaseInput(
    string Id,
    IReadOnlyList<string> Fingerprints,
    Func<ExplainedClass, Workers, BufferPool<float>, IEnumerable<ExplainedRun>> Runs);
