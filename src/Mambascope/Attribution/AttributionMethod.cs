using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>A way to explain a decision. One method, one file; <see cref="AttributionMethods"/> lists them.</summary>
public abstract class AttributionMethod
{
    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line: what the map shows.</summary>
    public abstract string Description { get; }

    /// <summary>Whether the method exists in the modes exact, paper and official.</summary>
    public virtual bool HasModes => false;

    /// <summary>Whether the map depends on the class that is explained.</summary>
    public abstract bool IsClassSpecific { get; }

    /// <summary>Whether the method runs the model again, and so needs it beside the recorded run.</summary>
    public virtual bool RunsModel => false;

    /// <summary>A map for every item of the run.</summary>
    /// <param name="decision">What is explained.</param>
    /// <param name="model">The model that made the run, for methods that run it again.</param>
    /// <param name="options">How.</param>
    public abstract IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, VisionMamba model, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
