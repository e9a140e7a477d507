using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// A language model without its tokenizer: a folder, a weight file, the name of a shipped model or <c>random:PRESET[:SEED]</c> becomes a
/// network. What its ids mean is the tokenizer's matter.
/// <code>
/// var file = LanguageModelFile.Open("state-spaces-mamba-130m-hf");
/// using var trace = file.Model.Forward(tape, TokenBatch.Of([510, 5798, 273]));
/// </code>
/// </summary>
public sealed class LanguageModelFile
{
    private readonly ModelFile file;

    private LanguageModelFile(ModelFile file) => this.file = file;

    /// <summary>What was asked for.</summary>
    public ModelSpecification Source => file.Source;

    /// <summary>A short name of the model, for titles.</summary>
    public string Name => Source.Name;

    /// <summary>The network; read-only and safe to use from several threads.</summary>
    public ILanguageModel Model => (ILanguageModel)file.Model;

    /// <summary>config.json, where there is one.</summary>
    public ConfigFile? Config => file.Config;

    /// <summary>The weight file; null for random weights.</summary>
    public string? WeightFile => file.WeightFile;

    /// <summary>What the network is called by its authors: "Mamba", "Mamba-2", "GPT-NeoX".</summary>
    public string Architecture => Model.Facts.Kind;

    /// <summary>Opens a model; its config.json, where there is one, and the names of its tensors say which kind it is.</summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static LanguageModelFile Open(string model, bool isOutline = false) => new(ModelFile.Open(model, ModelInput.Text, isOutline));
}
