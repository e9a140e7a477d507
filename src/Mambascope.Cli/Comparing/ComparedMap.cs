using System.Numerics;
using Mambascope.Application;

namespace Mambascope.Cli.Comparing;

/// <summary>What one model shows in one column.</summary>
/// <param name="Asked">What the column was asked to show; no two columns of a model have the same.</param>
/// <param name="Map">Its map; null where the model cannot be explained so.</param>
internal sealed record ComparedMap<T>(string Asked, MethodMap<T>? Map)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
