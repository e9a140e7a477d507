using System.Numerics;
using Mambascope.Inputs.Series;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>One run of a series model on one case.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class SeriesRun<T> : Run<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SeriesRun(SeriesModel model, SeriesCase one, Trace<T> trace)
        : base(trace)
    {
        Model = model;
        Case = one;
    }

    /// <inheritdoc/>
    public override SeriesModel Model { get; }

    /// <summary>What the model was given, as it was measured.</summary>
    public SeriesCase Case { get; }

    /// <inheritdoc/>
    public override int Token => Trace.ReadToken;

    /// <inheritdoc/>
    public override ReadOnlySpan<T> Scores => Trace.Logits.Data.Row(0);
}
