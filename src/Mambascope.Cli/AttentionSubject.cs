using System.Numerics;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli;

/// <summary>A recorded run whose attention is shown, of whatever kind of model.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Model">The model.</param>
/// <param name="Workers">Threads.</param>
/// <param name="Trace">The run.</param>
/// <param name="ClassToken">The token that a classifier reads; null where there is none.</param>
/// <param name="Labels">What the tokens are called on the axes; null for their numbers.</param>
internal sealed record AttentionSubject<T>(string Name, IModel Model, Workers Workers, Trace<T> Trace, int? ClassToken, IReadOnlyList<string>? Labels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
