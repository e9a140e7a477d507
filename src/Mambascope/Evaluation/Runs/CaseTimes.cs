namespace Mambascope.Evaluation.Runs;

/// <summary>Where the time of one case went, on one thread.</summary>
/// <param name="Read">Seconds until the item was read and decoded.</param>
/// <param name="Models">For each model in their order.</param>
/// <param name="Merge">Seconds to read its lines out of a part's file and write them into the whole's.</param>
public sealed record CaseTimes(double Read, IReadOnlyList<ModelTimes> Models, double Merge)
{
    /// <summary>All of a run, without the merge.</summary>
    public double Total => Read + Models.Sum(model => model.Total);

    /// <summary>The means of several cases.</summary>
    /// <param name="cases">One or more, of one run.</param>
    public static CaseTimes Mean(IReadOnlyList<CaseTimes> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return new(
            cases.Average(each => each.Read),
            [.. cases[0].Models.Select((_, m) => new ModelTimes(
                cases.Average(each => each.Models[m].Forward),
                [.. cases[0].Models[m].Maps.Select((_, i) => cases.Average(each => each.Models[m].Maps[i]))],
                cases.Average(each => each.Models[m].Measure)))],
            cases.Average(each => each.Merge));
    }
}

/// <summary>Where the time of one case went in one model.</summary>
/// <param name="Forward">Seconds of the recorded run, with what prepares its input.</param>
/// <param name="Maps">
/// Seconds of each method's map, controls included. What methods share (gradients of a score) is in the first that asks for it.
/// </param>
/// <param name="Measure">Seconds of measuring all maps: for the perturbation test the masked pictures.</param>
public sealed record ModelTimes(double Forward, IReadOnlyList<double> Maps, double Measure)
{
    /// <summary>All of them.</summary>
    public double Total => Forward + Maps.Sum() + Measure;
}
