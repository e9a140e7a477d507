using Mambascope.Autodiff;
using Mambascope.Evaluation.Perturbation;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Tests.Evaluation.Perturbation;

/// <summary>A Vision Mamba as the perturbation test sees it.</summary>
internal static class VisionMambaClassifier
{
    public static BatchClassifier Of(VisionMamba model, Workers workers)
    {
        var pool = new BufferPool<float>();
        return pixels =>
        {
            using var trace = model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels);
            return Activation<float>.Of(trace.Logits.Data.ToArray(), pixels.Batch, 1, model.Config.Classes);
        };
    }
}
