using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// From the tokens on to the measurements they were made of: value times adjoint, the adjoint passed back through the embedding, which is
/// linear. What is left of a token's relevance is that of its bias and position, which no measurement put there.
/// </summary>
internal static class InputRelevance
{
    /// <summary>Maps that also say how relevant each measurement is; the same maps for pictures and text.</summary>
    /// <param name="maps">A map an item.</param>
    /// <param name="trace">The run.</param>
    /// <param name="adjoints">What relevance is token times: (Batch, L, d).</param>
    public static IReadOnlyList<RelevanceMap<T>> Reach<T>(IReadOnlyList<RelevanceMap<T>> maps, Trace<T> trace, Activation<T> adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (trace.InputSpans is null)
        {
            return maps;
        }

        using var replay = trace.Tape.Backward(trace.Tokens, adjoints, [trace.Input]);
        var (values, passed) = (trace.Input.Data, replay[trace.Input]);
        return [.. maps.Select((map, item) => map.Degenerate is null
            ? map with { InputValues = Product(values.Item(item).ToArray(), passed.Item(item).ToArray()) }
            : map)];
    }

    /// <summary>The same for one item.</summary>
    /// <param name="map">Its map.</param>
    /// <param name="trace">The run.</param>
    /// <param name="item">Which item.</param>
    /// <param name="adjoints">Its adjoints, (L, d).</param>
    public static RelevanceMap<T> Reach<T>(RelevanceMap<T> map, Trace<T> trace, int item, T[] adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tokens = trace.Tokens.Data;
        var seed = Activation<T>.Zeros(tokens.Batch, tokens.Length, tokens.Width);
        adjoints.CopyTo(seed.Item(item).Extent);
        var maps = new RelevanceMap<T>[tokens.Batch];
        Array.Fill(maps, map);
        return Reach<T>(maps, trace, seed)[item];
    }

    private static T[] Product<T>(T[] values, T[] adjoints)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. values.Zip(adjoints, (value, adjoint) => value * adjoint)];
}
