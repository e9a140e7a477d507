using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>What was found out: one run, its decision and a map for every method.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Run">The run.</param>
/// <param name="Target">The explained class.</param>
/// <param name="Token">The explained token, or -1 for the mean of all.</param>
/// <param name="Maps">A map for each method of the request.</param>
/// <param name="Check">Whether hidden attention gives the run back; null for a model without scans.</param>
internal sealed record Explanation<T>(ExplainRequest Request, ImageRun<T> Run, ClassScore Target, int Token, IReadOnlyList<RelevanceMap<T>> Maps, SelfCheck? Check)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The explained token in words.</summary>
    internal string TokenName => Token < 0 ? "mean of all tokens" : Token == Run.Trace.ReadToken ? $"class token ({Token})" : $"token {Token}";

    /// <summary>Methods with their maps.</summary>
    internal IEnumerable<(AttributionMethod Method, RelevanceMap<T> Map)> Panels => Request.Methods.Zip(Maps);
}
