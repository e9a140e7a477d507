using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Inputs.Text;
using Mambascope.Models;

namespace Mambascope.Evaluation.Cases;

/// <summary>A language model whose explanations are measured.</summary>
/// <param name="Fingerprint">Name in tables and hash of the weights.</param>
/// <param name="Network">The model.</param>
/// <param name="Tokenizer">Its tokenizer; null where the model came without one.</param>
public sealed record QuestionModel(ModelFingerprint Fingerprint, ILanguageModel Network, TextTokenizer? Tokenizer)
    : MeasuredModel(Fingerprint)
{
    /// <summary>How it reads the questions.</summary>
    public TokenReader Reader => new(Name, Tokenizer);

    /// <summary>An opened model, which has to stay open.</summary>
    public static QuestionModel Of(TextModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(ModelFingerprint.Of(model.Name, model.Model), model.Model, model.Tokenizer);
    }
}
