"""What stands between the network and Gradio, as ASGI middleware: nothing gets in unmeasured.

paths      what may be asked for at all, and how large its body may be
body       a body read within its limit, before anyone else sees it
calls      what a call of a function must look like
visitors   who is who, and how much of the model each may ask for
listeners  who listens to a run; a run that nobody reads is ended
headers    what browsers are told about what this page may do
door       all of it in order
"""
