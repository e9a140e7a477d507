using System.Numerics;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>A way to explain a decision. One method, one file; <see cref="AttributionMethods"/> lists them.</summary>
public abstract class AttributionMethod
{
    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Name over a picture.</summary>
    public virtual string Title => Name.Replace('-', ' ');

    /// <summary>One line: what the map shows.</summary>
    public abstract string Description { get; }

    /// <summary>The mixers it can explain: it answers for a model all of whose blocks have one of these.</summary>
    public abstract LayerKinds Explains { get; }

    /// <summary>Whether the method exists in the modes exact, paper and official.</summary>
    public virtual bool HasModes => false;

    /// <summary>The form that the options ask for, where a method has several: a mode, or a variant other than the standard one; null otherwise.</summary>
    public virtual string? Form(AttributionOptions options) => HasModes ? options.Mode.ToString().ToLowerInvariant() : null;

    /// <summary>METHOD, or METHOD.FORM where there are several forms: how files and tables name a map.</summary>
    public string NameOf(AttributionOptions options) => Form(options) is { } form ? $"{Name}.{form}" : Name;

    /// <summary>Whether the map depends on the class that is explained.</summary>
    public abstract bool IsClassSpecific { get; }

    /// <summary>Whether it can explain why one class rather than another; the rules of some know a single class only.</summary>
    public virtual bool ExplainsContrasts => true;

    /// <summary>Whether the method runs the model again, and so needs it beside the recorded run.</summary>
    public virtual bool RunsModel => false;

    /// <summary>A map for every item of the run.</summary>
    /// <param name="decision">What is explained.</param>
    /// <param name="model">The model that made the run, for methods that run it again.</param>
    /// <param name="options">How.</param>
    public abstract IReadOnlyList<RelevanceMap<T>> Explain<T>(Decision<T> decision, IModel model, AttributionOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
