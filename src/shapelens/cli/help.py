"""The texts of `--help`: written by hand, because they are read by people."""

from __future__ import annotations

__all__ = ["CLASSICS_HELP", "DRAW_HELP", "EXPLAIN_HELP", "MAIN_HELP", "SHOW_HELP"]

_EXIT = "exit status: 0 fine, 1 errors found, 2 usage, 3 unreadable"

MAIN_HELP = f"""\
shapelens  every shape in a convolutional network, before you run it

look
  show MODEL                 the table: what goes in, which filters, what comes out, what it costs
  explain WHAT               a shape, a layer, a layer of a model: in words and numbers
  draw MODEL -o fig.svg      a figure for a paper or a slide: svg, pdf, png, tex
  classics                   the networks that are built in

MODEL is one of
  model.onnx                 a file; nothing in it is ever run
  net.py:Net                 a class, function or module in Python code, your own or a
  torchvision.models:vgg16   package's: that code is imported and run. Arguments are
                             literals: "net.py:Net(width=64)"
  vgg16, resnet50, …         a classic, by name
  "Conv2d(3, 64, 3)"         layer text, in PyTorch's or Keras' words, or a pasted print(model)

everywhere
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x3x224x224      one named tensor whole
  --format table             table, json, csv, markdown
  --width 80                 instead of the terminal's; NO_COLOR and pipes are respected
  --ascii                    no signs beyond ASCII

{_EXIT}
next  shapelens show vgg16
"""

SHOW_HELP = f"""\
shapelens show MODEL  the table: what goes in, which filters, what comes out

examples
  shapelens show vgg16
  shapelens show resnet50.onnx --input 3x512x512
  shapelens show "net.py:Net(width=64)"                 # imports and runs net.py
  shapelens show resnet18 --input 3xHxW                 # formulas
  shapelens show resnet152 --depth all                  # nothing folded

input
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x16:int64       one named tensor whole, and its type; may be repeated
  --symbolic                 formulas, also where the size is known
  --train                    Python code as in training; without it, as in evaluation

table
  --depth 2                  how far blocks unfold: 1, 2, …, all
  --columns in,filters,out   of layer, operator, in, filters, out, volume, field, step,
                             params, macs, where; +name adds, -name removes
  --coverage                 instead of it, which operators have a rule
  --width 80                 instead of the terminal's
  --format table             table, json, csv, markdown
  --ascii                    no signs beyond ASCII

{_EXIT}
next  shapelens explain vgg16::features.0
"""

EXPLAIN_HELP = f"""\
shapelens explain WHAT  a shape, a layer, or a layer of a model, in words and numbers

examples
  shapelens explain 256x256x32                                        # what is the third number?
  shapelens explain "Conv2d(3, 64, 3, padding=1)" --input 3x224x224
  shapelens explain "Conv2D(64, 7, strides=2, padding='same')" --input 224x224x3
  shapelens explain vgg16::features.0
  shapelens explain "$(cat printed_model.txt)"                        # a pasted print(model)

input
  --input 3x224x224          one sample, in the layer's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x3x224x224      one named tensor whole; may be repeated

output
  --width 80                 instead of the terminal's
  --format table             table (text), json, markdown
  --ascii                    no signs beyond ASCII

{_EXIT}
next  shapelens explain 256x256x32
"""

DRAW_HELP = f"""\
shapelens draw MODEL -o figure.svg  a figure for a paper or a slide, in vectors

examples
  shapelens draw resnet50 -o figure.svg
  shapelens draw lenet5 --style maps -o figure.pdf
  shapelens draw "net.py:Net(width=64)" --theme dark -o figure.png
  shapelens draw vgg16 --upto features.16 --highlight features.10 -o figure.tex

input
  --input 3x224x224          one sample, in the model's own order; symbols too: 3xHxW
  --batch 8                  fix the batch; without it, N
  --shape x=2x16:int64       one named tensor whole, and its type; may be repeated
  --symbolic                 formulas, also where the size is known

figure
  -o, --output figure.svg    a file that ends in .svg, .tex (TikZ), .pdf or .png
  --format svg               what is written to a pipe, without -o
  --style volumes            volumes, maps (LeNet's), blocks (for a slide), graph (every operator)
  --theme light              light, dark, print (reads in grey)
  --width 17                 in centimetres
  --title TEXT               instead of the network's name; "" for none
  --caption TEXT             before what the figure says of itself
  --order both               shapes with the channels first and last
  --fold LAYER               a module as one block; may be repeated
  --unfold LAYER             a module or layer by itself; may be repeated
  --highlight LAYER          marked
  --upto LAYER               the last that is drawn
  --field LAYER              its receptive field, on the input
  --no-inset                 without the block that is opened under the figure; --inset with it
  --fonts "Source Sans 3"    families of type, the best first
  --dpi 300                  of a PNG
  --ascii                    no signs beyond ASCII in what is printed

{_EXIT}
next  shapelens show vgg16
"""

CLASSICS_HELP = f"""\
shapelens classics  the networks that are built in, by name

  --format table             table, json

{_EXIT}
next  shapelens show vgg16
"""
