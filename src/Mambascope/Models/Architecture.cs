using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// A kind of network: how its checkpoints are recognised and read, and in which sizes it was published. <see cref="Architectures"/> lists
/// all; nothing else in the program asks which of them a model is. What the model itself has to say stands in <see cref="IModel"/>.
/// </summary>
public abstract class Architecture
{
    /// <summary>What its authors call it: "Mamba-2".</summary>
    public abstract string Name { get; }

    /// <summary>What of it can be opened, for messages: "Vision Mamba (Vim, bidirectional v2)".</summary>
    public virtual string Supports => Name;

    /// <summary>
    /// What its models read: with <see cref="ModelInput.Pictures"/> they are <see cref="IVisionModel"/>s, with
    /// <see cref="ModelInput.Text"/> <see cref="ILanguageModel"/>s, with <see cref="ModelInput.Series"/> <see cref="ISeriesModel"/>s.
    /// </summary>
    public abstract ModelInput Reads { get; }

    /// <summary>Values of model_type in a config.json that mean it.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>
    /// Whether a config.json that states it is to be believed: tensors of another kind are then refused. Where not, the tensors decide.
    /// </summary>
    internal virtual bool IsStatedInEarnest => false;

    /// <summary>Sizes that can be made with random weights; none where nothing is said.</summary>
    public virtual IReadOnlyList<ModelPreset> Presets => [];

    /// <summary>How a picture model of it is made anew, to be trained; null where none can be.</summary>
    internal virtual NewPictureModel? NewPictures => null;

    /// <summary>Whether a checkpoint holds such a model, by the names of its tensors alone.</summary>
    public abstract bool Matches(Checkpoint checkpoint);

    /// <summary>Reads the model; sizes come from the tensors, and config.json, where there is one, must agree with them.</summary>
    /// <exception cref="BadInputException">Damaged, a variant that is not supported, or its parts do not fit together.</exception>
    public abstract IModel Read(Checkpoint checkpoint, ConfigFile? config);

    /// <summary>What of a model that was read neither its tensors nor its config.json say; it is shown to the user.</summary>
    /// <param name="model">From <see cref="Read"/>.</param>
    /// <param name="config">What <see cref="Read"/> was given.</param>
    public virtual IReadOnlyList<Assumption> Assumed(IModel model, ConfigFile? config) => [];

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
